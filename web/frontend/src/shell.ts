// What every page needs: partial updates, theme, keyboard, dialogs, forms.
import htmx from "htmx.org/dist/htmx.esm.js";
import { startConditionalParts } from "./forms/conditional_parts";
import { startDrafts } from "./forms/drafts";
import { startDynamicLists } from "./forms/dynamic_lists";
import { startUploads } from "./forms/uploads";
import { startControls } from "./page/controls";
import { startDialogs } from "./page/dialogs";
import { startKeyboard } from "./page/keyboard";
import { startPrinting } from "./page/printing";
import { CSRF_HEADER, csrfToken } from "./page/requests";
import { startSelection } from "./page/selection";
import { startTables } from "./page/tables";
import { startTabs } from "./page/tabs";
import { startTheme } from "./page/theme";

// The content security policy allows neither eval nor styles written by a script.
htmx.config.allowEval = false;
htmx.config.includeIndicatorStyles = false;
htmx.config.selfRequestsOnly = true;

document.addEventListener("htmx:configRequest", (event) => {
  const detail = (event as CustomEvent<{ headers: Record<string, string> }>).detail;
  detail.headers[CSRF_HEADER] = csrfToken();
});

startTheme();
// Uploads and dialogs hold a form back; they must hear of it before anything that acts on it.
startUploads();
startDialogs();
startKeyboard();
startTabs();
startTables();
startDynamicLists();
startConditionalParts();
startDrafts();
startSelection();
startControls();
startPrinting();
