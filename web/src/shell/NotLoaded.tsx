// A part of the page itself did not arrive, and loading it once more did not help.
import { Button } from "../ui/Button";
import { FullPage } from "../ui/FullPage";

export function NotLoaded() {
  return (
    <FullPage title="This page could not be loaded">
      <p>Something did not come through the network, or a new version has just been put up. What you wrote is kept.</p>
      <Button look="primary" className="self-start" onClick={() => location.reload()}>
        Load it again
      </Button>
    </FullPage>
  );
}
