import { type CSSProperties, memo, useCallback, useId, useSyncExternalStore } from "react";
import type { Area, Time } from "#shared/board/schema.ts";
import { type Band, bandHeaderHeight, cellKeyOf } from "#shared/geometry/map-layout.ts";
import { useBoard } from "../board/BoardContext.tsx";
import { useLanguage } from "../messages/language.tsx";
import { Icon } from "../ui/Icon.tsx";
import styles from "./BandView.module.css";
import { useDesk } from "./CardDesk.tsx";
import type { MapModel } from "./map-model.ts";

interface BandViewProps {
  readonly band: Band;
  readonly width: number;
  readonly model: MapModel;
}

/** One area of life: its soft ground, its name, and its three headed columns. */
export const BandView = memo(function BandView({ band, width, model }: BandViewProps) {
  const { say } = useLanguage();
  const titleId = useId();
  const first = band.cells[0];
  const inset = first ? first.x / 2 : 0;
  return (
    <section
      className={styles.band}
      aria-labelledby={titleId}
      style={
        {
          top: band.y,
          insetInlineStart: inset,
          inlineSize: width - 2 * inset,
          blockSize: band.height,
          "--area-ground": `var(--area-${band.area})`,
          "--area-edge": `var(--area-${band.area}-edge)`,
        } as CSSProperties
      }
    >
      <h2 id={titleId} className={styles.title}>
        <Icon name={`area-${band.area}`} size="24px" />
        {say(`area.${band.area}`)}
      </h2>
      {band.cells.map((cell) => (
        <CellViewBox
          key={cell.time}
          area={band.area}
          time={cell.time}
          x={cell.x - inset}
          y={cell.y - band.y}
          width={cell.width}
          height={cell.height}
          model={model}
        />
      ))}
    </section>
  );
});

interface CellViewBoxProps {
  readonly area: Area;
  readonly time: Time;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly model: MapModel;
}

/** One area at one time: its heading, a place for the cards of it that are in view (`MapCards.tsx`), and "Add" at its end. */
const CellViewBox = memo(function CellViewBox({ area, time, x, y, width, height, model }: CellViewBoxProps) {
  const { say } = useLanguage();
  const board = useBoard();
  const desk = useDesk();
  const key = cellKeyOf(area, time);
  const end = useSyncExternalStore(
    useCallback((onChange: () => void) => model.subscribeCell(key, onChange), [model, key]),
    () => model.cell(key).end,
  );
  return (
    <div
      className={styles.cell}
      data-cell={key}
      style={{ insetInlineStart: x, top: y, inlineSize: width, blockSize: height }}
    >
      <h3 className={styles.time} style={{ insetBlockStart: -timeHeight, blockSize: timeHeight }}>
        {say(`time.${time}`)}
      </h3>
      <div data-cards={key} />
      {board.canAdd() && (
        <button
          type="button"
          className={`${styles.add} ${end.isEmpty ? styles.addFirst : ""}`}
          style={{ insetInlineStart: end.addAt.x, top: end.addAt.y }}
          aria-label={say("cell.addTo", { area: say(`area.${area}`), time: say(`time.${time}`) })}
          onClick={() => desk.add(area, time, end.addAt)}
        >
          <span className={styles.plus} data-icon={`add-${area}`} />
          {say("cell.add")}
        </button>
      )}
    </div>
  );
});

/** The column heading stands in the lower part of the band's header. */
const timeHeight = Math.min(30, bandHeaderHeight / 2);
