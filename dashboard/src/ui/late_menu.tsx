/** A menu that is fetched when somebody is about to open it: until then there is its button alone. */
import { type ComponentProps, type ComponentType, type ReactNode, Suspense, lazy, useState } from "react";

/** What the menu itself takes: its button, and whether it opens as soon as it is there. */
export interface LateMenuProps {
  trigger: ReactNode;
  startOpen: boolean;
}

type ButtonProps = Pick<
  ComponentProps<"button">,
  "aria-haspopup" | "aria-expanded" | "onClick" | "onKeyDown" | "onPointerEnter" | "onFocus"
>;

/**
 * Make such a menu. Give `load` that fetches it; the component takes the button as a function of what makes it the
 * menu's, which a button of `@/ui/button` or a plain one passes on.
 */
export function lateMenu(load: () => Promise<ComponentType<LateMenuProps>>) {
  const Menu = lazy(async () => ({ default: await load() }));
  return function LateMenu({ button }: { button: (props: ButtonProps) => ReactNode }) {
    const [wanted, setWanted] = useState(false);
    const fetchIt = () => void load();
    const waiting = button({
      "aria-haspopup": "menu",
      "aria-expanded": false,
      onPointerEnter: fetchIt,
      onFocus: fetchIt,
      onClick: () => setWanted(true),
      onKeyDown: (event) => {
        if (event.key !== "ArrowDown") return;
        event.preventDefault();
        setWanted(true);
      },
    });
    if (!wanted) return waiting;
    return (
      <Suspense fallback={waiting}>
        <Menu trigger={button({})} startOpen />
      </Suspense>
    );
  };
}
