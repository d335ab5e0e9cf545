// Keeps the selection while the researcher pages, filters and sorts.
import { useCallback, useRef, useState } from "react";
import type { Schemas } from "../../../api/client";
import { nothingSelected, type Selection, toggled, toRange, withAll, without } from "./selection";

type Invitation = Schemas["Invitation"];

export function useSelection(list: readonly Invitation[]) {
  const [selection, setSelection] = useState<Selection>(nothingSelected);
  const last = useRef<string>(undefined);
  const listed = useRef(list);
  listed.current = list;
  const select = useCallback((one: Invitation, range: boolean) => {
    const from = last.current;
    last.current = one.id;
    setSelection((now) => (range ? toRange(now, listed.current, from, one) : toggled(now, one)));
  }, []);
  const selectPage = (all: boolean) => setSelection((now) => (all ? withAll(now, list) : without(now, list)));
  const clear = () => setSelection(nothingSelected);
  return { selection, select, selectPage, clear };
}
