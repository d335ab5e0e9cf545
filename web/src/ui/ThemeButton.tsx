// Switches between light and dark.
import { Moon, Sun } from "lucide-react";
import { IconButton } from "./Button";
import { chooseTheme, useTheme } from "./theme";

export function ThemeButton({ className = "" }: { className?: string }) {
  const dark = useTheme() === "dark";
  const Icon = dark ? Sun : Moon;
  return (
    <IconButton
      label={dark ? "Use the light theme" : "Use the dark theme"}
      className={className}
      onClick={() => chooseTheme(dark ? "light" : "dark")}
    >
      <Icon aria-hidden className="size-5" />
    </IconButton>
  );
}
