// Starts the page: providers and router.
import { QueryClientProvider } from "@tanstack/react-query";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { queryClient } from "./api/queries";
import { Router } from "./router";
import { ErrorBoundary } from "./ui/ErrorBoundary";
import "./styles.css";

const root = document.getElementById("root");
if (root)
  createRoot(root).render(
    <StrictMode>
      <QueryClientProvider client={queryClient}>
        <ErrorBoundary name="This page">
          <Router />
        </ErrorBoundary>
      </QueryClientProvider>
    </StrictMode>,
  );
