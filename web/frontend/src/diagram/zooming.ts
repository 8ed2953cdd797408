// Zoom buttons, so that nobody needs a wheel.
import { button } from "../page/elements";
import { text } from "../page/messages";
import type { Canvas } from "./services";

const STEP = 1.25;
const SMALLEST = 0.2;
const LARGEST = 4;

export function fit(canvas: Canvas): void {
  canvas.resized();
  canvas.zoom("fit-viewport", "auto");
  // A tiny diagram blown up to the whole page looks broken.
  if (canvas.zoom() > 1) canvas.zoom(1, "auto");
}

export function zoomButtons(canvas: Canvas): HTMLButtonElement[] {
  const by = (factor: number) => () => {
    canvas.zoom(Math.min(LARGEST, Math.max(SMALLEST, canvas.zoom() * factor)), "auto");
  };
  return [
    button(text("diagram.out"), by(1 / STEP), "small"),
    button(text("diagram.in"), by(STEP), "small"),
    button(text("diagram.fit"), () => fit(canvas), "small"),
  ];
}
