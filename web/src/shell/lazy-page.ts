// A page loaded when it is first opened. After a deploy the old chunk may be gone: then the document is loaded anew, once.
import { type ComponentType, lazy } from "react";

const key = "coach:reloaded";

export function lazyPage(load: () => Promise<{ default: ComponentType }>) {
  return lazy(async () => {
    try {
      const page = await load();
      sessionStorage.removeItem(key);
      return page;
    } catch (error) {
      if (sessionStorage.getItem(key)) throw error;
      sessionStorage.setItem(key, "1");
      location.reload();
      return new Promise<never>(() => {});
    }
  });
}
