// The coach's two forms, loaded apart from the page, each only where it is shown: beside the scene, or as a strip.
import { lazyPage } from "../../../shell/lazy-page";

const margin = () => import("./CoachMargin");
const sheet = () => import("./CoachSheet");
export const CoachMargin = lazyPage(margin);
export const CoachSheet = lazyPage(sheet);

/** Begins to load the one that will be shown. */
export const loadCoach = (wide: boolean) => void (wide ? margin() : sheet()).catch(() => {});
