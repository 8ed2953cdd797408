// Build one bundle per page kind into web/static/dist, fit for Chromium 80 and for a policy without inline styles.
import bpmnlint from "rollup-plugin-bpmnlint";
import { defineConfig, type Plugin } from "vite";

const ENTRIES = ["polyfill", "shell", "viewer", "modeler"];

// CodeMirror (the FEEL fields of the properties panel) writes a <style> element, which "style-src 'self'"
// forbids, unless style-mod is led to constructed style sheets, which need no permission.
const constructedStyleSheets: Plugin = {
  name: "constructed-style-sheets",
  enforce: "pre",
  transform(code, id) {
    if (!/style-mod[\\/](src|dist)[\\/]style-mod\.(js|cjs)/.test(id)) return null;
    const changed = code.replace("!root.head && root.adoptedStyleSheets", "root.adoptedStyleSheets");
    if (changed === code) this.error("style-mod has changed: look again at how it writes its styles");
    return { code: changed, map: null };
  },
};

export default defineConfig({
  base: "/static/dist/",
  publicDir: false,
  plugins: [{ ...bpmnlint(), enforce: "pre" }, constructedStyleSheets],
  build: {
    outDir: "../static/dist",
    emptyOutDir: true,
    manifest: true,
    target: "chrome80",
    cssTarget: "chrome80",
    // A data: URI would need a wider font-src.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    chunkSizeWarningLimit: 2500,
    rollupOptions: {
      input: Object.fromEntries(ENTRIES.map((name) => [name, new URL(`./src/${name}.ts`, import.meta.url).pathname])),
    },
  },
});
