// Asks the host for a preview of the form's settings, a moment after the last change.
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Schemas } from "../../api/client";
import { queries } from "../../api/queries";
import { useDebounced } from "../../ui/staff/use-debounced";

export function usePreview() {
  const [wanted, show] = useState<Schemas["PreviewInvitation"]>({ coach: true, aside: true });
  const settled = useDebounced(wanted, 300);
  const { data, error } = useQuery({ ...queries.preview(settled), placeholderData: keepPreviousData });
  return { wanted, data, error, show };
}

export type Preview = ReturnType<typeof usePreview>;
