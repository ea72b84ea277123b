/** Drawers and dialogs of the page, fetched when they are first opened. */
import { type ComponentProps, lazy, Suspense } from "react";
import type * as Detail from "./event_drawer";
import type * as Replay from "./replay_events";
import type * as DeliveryDetail from "./delivery_drawer";
import type * as ReplayOut from "./replay_deliveries";

const LazyEventDrawer = lazy(() => import("./event_drawer").then((module) => ({ default: module.EventDrawer })));
const LazyReplayEvents = lazy(() => import("./replay_events").then((module) => ({ default: module.ReplayEvents })));
const LazyDeliveryDrawer = lazy(() =>
  import("./delivery_drawer").then((module) => ({ default: module.DeliveryDrawer })),
);
const LazyReplayDeliveries = lazy(() =>
  import("./replay_deliveries").then((module) => ({ default: module.ReplayDeliveries })),
);

export function EventDrawer(props: ComponentProps<typeof Detail.EventDrawer>) {
  return (
    <Suspense>
      <LazyEventDrawer {...props} />
    </Suspense>
  );
}

export function ReplayEvents(props: ComponentProps<typeof Replay.ReplayEvents>) {
  return (
    <Suspense>
      <LazyReplayEvents {...props} />
    </Suspense>
  );
}

export function DeliveryDrawer(props: ComponentProps<typeof DeliveryDetail.DeliveryDrawer>) {
  return (
    <Suspense>
      <LazyDeliveryDrawer {...props} />
    </Suspense>
  );
}

export function ReplayDeliveries(props: ComponentProps<typeof ReplayOut.ReplayDeliveries>) {
  return (
    <Suspense>
      <LazyReplayDeliveries {...props} />
    </Suspense>
  );
}
