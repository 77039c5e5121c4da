import {
  type ReactNode,
  type RefObject,
  useCallback,
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
  useSyncExternalStore,
} from "react";
import type { CardId } from "#shared/board/ids.ts";
import { useBoard, useSession } from "../board/BoardContext.tsx";
import type { MapSpace } from "../board/map-space.ts";
import { useLanguage } from "../messages/language.tsx";
import { BandNow } from "./BandNow.tsx";
import { BandView } from "./BandView.tsx";
import { CardDesk, useDesk, useDeskState } from "./CardDesk.tsx";
import { CardDialogs, type CardSlots } from "./CardDialogs.tsx";
import { CrowdCanvas } from "./CrowdCanvas.tsx";
import { type Camera, writableZoom } from "./camera.ts";
import type { DeskState } from "./desk.ts";
import { attachHoverGuard } from "./hover-guard.ts";
import { LiftedCard, type LiftedHandle } from "./LiftedCard.tsx";
import { MapCards } from "./MapCards.tsx";
import { MapTools } from "./MapTools.tsx";
import styles from "./MapView.module.css";
import { attachMapGestures, farZoom } from "./map-gestures.ts";
import { onMapKey, revealCard } from "./map-keys.ts";
import { createMapModel, type MapModel } from "./map-model.ts";
import { NoticeBar } from "./NoticeBar.tsx";
import { createScrollCamera } from "./scroll-camera.ts";
import { Travellers } from "./Travellers.tsx";
import { useMapIcons } from "./use-map-icons.ts";

export interface MapViewProps extends CardSlots {
  /** Drawn over the cards and scrolled with them: other people's pointers. */
  readonly overlay?: (space: MapSpace) => ReactNode;
}

/** The strengths map: seven bands of three columns, and the cards on them, on a plane to move about and zoom. */
export function MapView({ overlay, ...slots }: MapViewProps) {
  return (
    <CardDesk>
      <MapPlane overlay={overlay} />
      <CardDialogs {...slots} />
    </CardDesk>
  );
}

/** Below this a card's menu button would be too small to hit. */
const nearZoom = 0.6;

/** A view from far away has come to rest when it has not moved for so long. */
const restMs = 150;

const editingCard = (state: DeskState) => state.editing;
const focusAsked = (state: DeskState) => state.focus;

function MapPlane({ overlay }: Pick<MapViewProps, "overlay">) {
  const board = useBoard();
  const session = useSession();
  const desk = useDesk();
  const language = useLanguage();
  const { say } = language;
  useMapIcons();
  const rtl = useRef(language.dir === "rtl");
  rtl.current = language.dir === "rtl";

  const [model, setModel] = useState<MapModel>();
  const [camera, setCamera] = useState<Camera>();
  const scroller = useRef<HTMLElement>(null);
  const sizer = useRef<HTMLDivElement>(null);
  const stage = useRef<HTMLDivElement>(null);
  const layer = useRef<HTMLDivElement>(null);
  const guard = useRef<HTMLDivElement>(null);
  const lifted = useRef<LiftedHandle>(null);
  const [focused, setFocused] = useState<CardId>();

  useLayoutEffect(() => {
    if (!scroller.current || !sizer.current || !stage.current || !layer.current || !guard.current) return;
    const newModel = createMapModel(board);
    const newCamera = createScrollCamera({
      scroller: scroller.current,
      sizer: sizer.current,
      stage: stage.current,
      layer: layer.current,
    });
    const { width, height } = newModel.layout();
    newCamera.resize(width, height);
    newCamera.open();
    let restTimer: ReturnType<typeof setTimeout> | undefined;
    const rest = () => newModel.look(newCamera.visible(), newCamera.view().z);
    const look = () => {
      const { z } = newCamera.view();
      // From far away a scroll passes hundreds of cards a second that nobody can read: 25 ms a frame to put them all up.
      const isFar = z < farZoom;
      newModel.look(newCamera.visible(), z, isFar || z !== newCamera.laidOutZoom());
      clearTimeout(restTimer);
      if (isFar) restTimer = setTimeout(rest, restMs);
    };
    rest();
    const stops = [
      newCamera.subscribe(look),
      newModel.subscribeLayout(() => newCamera.resize(newModel.layout().width, newModel.layout().height)),
      attachHoverGuard(scroller.current, guard.current, newCamera),
      attachMapGestures({
        scroller: scroller.current,
        board,
        session,
        camera: newCamera,
        model: newModel,
        desk,
        isRtl: () => rtl.current,
        lift: (cardId, corner) => lifted.current?.show(cardId, corner, newCamera.view().z),
      }),
    ];
    setModel(newModel);
    setCamera(newCamera);
    if (import.meta.env.MODE === "bench") {
      void import("./bench-hooks.ts").then(({ exposeMap }) => exposeMap(newCamera, newModel, session));
    }
    return () => {
      clearTimeout(restTimer);
      for (const stop of stops) stop();
      newCamera.close();
      newModel.close();
    };
  }, [board, session, desk]);

  // The card that is written in, or was asked for, is put up and brought into view before it takes the focus.
  const editing = useDeskState(editingCard);
  const asked = useDeskState(focusAsked);
  useLayoutEffect(() => {
    if (!model) return;
    const kept = new Set<CardId>();
    if (editing) kept.add(editing);
    if (asked) kept.add(asked.cardId);
    if (focused) kept.add(focused);
    model.keep([...kept]);
  }, [model, editing, asked, focused]);
  useEffect(() => {
    if (!model || !camera || !editing) return;
    const point = model.pointOf(editing);
    if (!point) return;
    const view = camera.view();
    if (view.z < writableZoom) {
      const seen = camera.visible();
      const width = seen.width * view.z;
      camera.set({ x: point.x - Math.max(12, (width - 330) / 2), y: point.y - 90, z: 1 });
    }
  }, [model, camera, editing]);
  useEffect(() => {
    if (model && camera && asked && desk.state().editing !== asked.cardId) revealCard(asked.cardId, camera, model);
  }, [model, camera, asked, desk]);

  return (
    <div className={styles.frame}>
      <section
        ref={scroller}
        className={styles.scroller}
        aria-label={say("map.name")}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keys
        tabIndex={0}
        data-map=""
        onFocus={(event) => {
          const id = event.target.closest("[data-card-id]")?.getAttribute("data-card-id");
          setFocused((id as CardId | null) ?? undefined);
        }}
        onKeyDown={(event) => {
          if (camera && model) onMapKey(event, { board, session, camera, model, desk, language });
        }}
      >
        <p className="visually-hidden">{say("map.hint")}</p>
        <div ref={sizer} className={styles.sizer}>
          <div ref={stage} className={styles.stage}>
            <div ref={layer} className={styles.layer}>
              {model && camera && <Bands model={model} camera={camera} layer={layer} />}
            </div>
            {model && camera && overlay && <Overlay camera={camera} model={model} draw={overlay} />}
          </div>
          <div ref={guard} className={styles.guard} aria-hidden="true" />
        </div>
      </section>
      <LiftedCard ref={lifted} />
      {model && camera && <BandNow camera={camera} model={model} />}
      {model && camera && <MapTools camera={camera} />}
      <NoticeBar />
    </div>
  );
}

function useNear(camera: Camera): boolean {
  return useSyncExternalStore(camera.subscribe, () => camera.laidOutZoom() >= nearZoom);
}

interface BandsProps {
  readonly model: MapModel;
  readonly camera: Camera;
  readonly layer: RefObject<HTMLElement | null>;
}

/** Everything that lies on the map and is laid out at its zoom. */
function Bands({ model, camera, layer }: BandsProps) {
  const layout = useSyncExternalStore(model.subscribeLayout, model.layout);
  const sketched = useSyncExternalStore(model.subscribeSketched, model.isSketched);
  const near = useNear(camera);
  return (
    <>
      {layout.bands.map((band) => (
        <BandView key={band.area} band={band} width={layout.width} model={model} />
      ))}
      <MapCards model={model} layer={layer} near={near} />
      {sketched && <CrowdCanvas camera={camera} model={model} />}
      <Travellers model={model} />
    </>
  );
}

interface OverlayProps {
  readonly camera: Camera;
  readonly model: MapModel;
  readonly draw: (space: MapSpace) => ReactNode;
}

function Overlay({ camera, model, draw }: OverlayProps) {
  const space = useSpace(camera, model);
  return <div className={styles.overlay}>{draw(space)}</div>;
}

function useSpace(camera: Camera, model: MapModel): MapSpace {
  const make = useCallback(
    (): MapSpace => ({
      offsetOf: (place) => {
        const { x, y } = model.boardPointOf(place);
        const z = camera.laidOutZoom();
        return { inline: x * z, block: y * z };
      },
      subscribe: (listener) => {
        let zoom = camera.laidOutZoom();
        const stopCamera = camera.subscribe(() => {
          if (camera.laidOutZoom() === zoom) return;
          zoom = camera.laidOutZoom();
          listener();
        });
        const stopLayout = model.subscribeLayout(listener);
        return () => {
          stopCamera();
          stopLayout();
        };
      },
    }),
    [camera, model],
  );
  const [space, setSpace] = useState(make);
  useEffect(() => setSpace(make), [make]);
  return space;
}
