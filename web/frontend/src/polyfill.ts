// Lend Chromium 80 to 98 the methods that the libraries call; loaded before every other script.
// Bodies are plain on purpose: nothing here may need what it provides.

function lend(owner: object, name: string, value: unknown): void {
  if (!(name in owner)) Object.defineProperty(owner, name, { value, writable: true, configurable: true });
}

function at(this: ArrayLike<unknown>, index: number): unknown {
  const whole = Math.trunc(index) || 0;
  return this[whole < 0 ? this.length + whole : whole];
}

type Test = (value: unknown, index: number, all: unknown[]) => unknown;

function findLastIndex(this: unknown[], test: Test, receiver?: unknown): number {
  for (let index = this.length - 1; index >= 0; index -= 1) {
    if (test.call(receiver, this[index], index, this)) return index;
  }
  return -1;
}

lend(Object, "hasOwn", (owner: object, key: PropertyKey) => Object.getOwnPropertyDescriptor(owner, key) !== undefined);
lend(Array.prototype, "at", at);
lend(String.prototype, "at", function (this: string, index: number) {
  return at.call(this as unknown as ArrayLike<string>, index);
});
lend(String.prototype, "replaceAll", function (this: string, searched: string | RegExp, replacement: string) {
  return typeof searched === "string" ? this.split(searched).join(replacement) : this.replace(searched, replacement);
});
lend(Array.prototype, "findLastIndex", findLastIndex);
lend(Array.prototype, "findLast", function (this: unknown[], test: Test, receiver?: unknown) {
  return this[findLastIndex.call(this, test, receiver)];
});
lend(Array.prototype, "toSorted", function (this: unknown[], compare?: (a: unknown, b: unknown) => number) {
  return this.slice().sort(compare);
});
lend(Array.prototype, "toReversed", function (this: unknown[]) {
  return this.slice().reverse();
});
lend(globalThis, "structuredClone", (value: unknown) => JSON.parse(JSON.stringify(value)));
lend(Element.prototype, "replaceChildren", function (this: Element, ...nodes: (Node | string)[]) {
  while (this.firstChild) this.removeChild(this.firstChild);
  this.append(...nodes);
});
