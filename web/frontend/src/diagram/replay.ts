// Play a case over its diagram, one recorded moment after the other.
import { button, element } from "../page/elements";
import { text } from "../page/messages";
import type { Painter, Trace } from "./painting";

export interface Frame extends Trace {
  readonly at: string;
  readonly label: string;
}

const FRAME_MS = 1200;

export function replay(painter: Painter, frames: readonly Frame[]): HTMLElement {
  const last = frames.length - 1;
  const slider = element("input", { type: "range", min: "0", max: String(last), "aria-label": text("replay.slider") });
  slider.value = String(last);
  const caption = element("output", { class: "replay-caption" });
  let timer = 0;

  const show = () => {
    const frame = frames[Number(slider.value)];
    if (!frame) return;
    painter.clear();
    painter.trace(frame, {});
    caption.textContent = `${frame.at} ${frame.label}`;
    slider.setAttribute("aria-valuetext", caption.textContent);
  };
  const stop = () => {
    window.clearInterval(timer);
    timer = 0;
    play.textContent = text("replay.play");
  };
  const advance = () => {
    slider.value = String(Number(slider.value) + 1);
    show();
    if (Number(slider.value) >= last) stop();
  };
  const play = button(
    text("replay.play"),
    () => {
      if (timer) {
        stop();
        return;
      }
      if (Number(slider.value) >= last) slider.value = "0";
      show();
      play.textContent = text("replay.pause");
      timer = window.setInterval(advance, FRAME_MS);
    },
    "small",
  );
  slider.addEventListener("input", () => {
    stop();
    show();
  });
  show();
  return element("div", { class: "replay" }, play, slider, caption);
}
