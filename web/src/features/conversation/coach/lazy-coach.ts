// The coach's two layouts, margin and sheet. Each is loaded separately, only where it is shown.
import { lazyPage } from "../../../shell/lazy-page";

const margin = () => import("./CoachMargin");
const sheet = () => import("./CoachSheet");
export const CoachMargin = lazyPage(margin);
export const CoachSheet = lazyPage(sheet);

/** Preloads the layout that will be shown. */
export const loadCoach = (wide: boolean) => void (wide ? margin() : sheet()).catch(() => {});
