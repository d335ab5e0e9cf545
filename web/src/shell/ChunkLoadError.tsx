// Shown if a chunk couldn't be loaded, even after one automatic reload.
import { Button } from "../ui/Button";
import { FullPage } from "../ui/FullPage";

export function ChunkLoadError() {
  return (
    <FullPage title="This page couldn't be loaded">
      <p>The network may have failed, or a new version was just released. What you wrote is saved.</p>
      <Button look="primary" className="self-start" onClick={() => location.reload()}>
        Reload the page
      </Button>
    </FullPage>
  );
}
