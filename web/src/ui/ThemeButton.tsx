// Switches between light and dark: an icon for headers, a labeled button for menus.
import { Moon, Sun } from "lucide-react";
import { Button, IconButton } from "./Button";
import { chooseTheme, useTheme } from "./theme";

type Props = { className?: string };

export function ThemeButton({ className = "" }: Props) {
  const { Icon, words, toggle } = useOtherTheme();
  return (
    <IconButton label={words} className={className} onClick={toggle}>
      <Icon aria-hidden className="size-5" />
    </IconButton>
  );
}

export function ThemeChoice({ className = "" }: Props) {
  const { Icon, words, toggle } = useOtherTheme();
  return (
    <Button className={className} onClick={toggle}>
      <Icon aria-hidden className="size-4" />
      <span>{words}</span>
    </Button>
  );
}

function useOtherTheme() {
  const other = useTheme() === "dark" ? "light" : "dark";
  return {
    Icon: other === "light" ? Sun : Moon,
    words: `Use the ${other} theme`,
    toggle: () => chooseTheme(other),
  };
}
