import { useLayoutEffect } from "react";
import { areas, cardKinds } from "#shared/board/schema.ts";
import { useLanguage } from "../messages/language.tsx";
import { type IconName, iconImage } from "../ui/Icon.tsx";

/**
 * Gives every element with `data-icon` on the map its picture as a background, by one sheet of rules. An `<svg>` in each
 * card and cell made the browser put its layers together anew for 1.1 ms a frame at full speed; so it is 0.4.
 */
export function useMapIcons(): void {
  const { dir } = useLanguage();
  useLayoutEffect(() => {
    const style = getComputedStyle(document.documentElement);
    const colour = (name: string) => style.getPropertyValue(name).trim();
    const rule = (selector: string, icon: IconName, ink: string) =>
      `[data-icon="${selector}"]{background-image:${iconImage(icon, ink, dir)}}`;
    const ink = colour("--ink-soft");
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(
      [
        ...cardKinds.map((kind) => rule(kind, `kind-${kind}`, ink)),
        ...areas.map((area) => rule(`add-${area}`, "plus", colour(`--area-${area}-edge`))),
        rule("more", "more", ink),
        rule("story", "area-work", ink),
        rule("goal", "goal", colour("--accent")),
      ].join("\n"),
    );
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
    return () => {
      document.adoptedStyleSheets = document.adoptedStyleSheets.filter((each) => each !== sheet);
    };
  }, [dir]);
}
