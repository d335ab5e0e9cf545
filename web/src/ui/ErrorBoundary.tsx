// An error boundary: a broken part shows an error and a reload button while the rest of the page keeps working.
import { Component, type ReactNode } from "react";
import { Button } from "./Button";

type Props = { name: string; children: ReactNode };

export class ErrorBoundary extends Component<Props, { broken: boolean }> {
  override state = { broken: false };

  static getDerivedStateFromError() {
    return { broken: true };
  }

  override render() {
    if (!this.state.broken) return this.props.children;
    return (
      <div role="alert" className="m-4 rounded-2xl border border-line bg-surface p-5">
        <p className="mb-3">{`${this.props.name} couldn't be shown. What you wrote is saved.`}</p>
        <Button onClick={() => this.setState({ broken: false })}>Reload this part</Button>
      </div>
    );
  }
}
