// Names that both sides, or several modules, agree on.

export const ROOT = "data-liveview-root";
export const TOKEN = "data-live-token";
export const COMPONENT = "live-component";
export const TARGET = "live-target";
export const IGNORE = "live-ignore";
export const DISABLE_WITH = "live-disable-with";
export const RESET = "live-reset";
export const BINDING = "live-on:";

export const FIELDS = "input, select, textarea";

// The classes that the client sets; a patch of `class` leaves them where they are.
export const LOADING = "live-loading";
export const STATES = ["live-connecting", "live-connected", "live-disconnected", "live-stopped"];
export const OWN_CLASSES = [LOADING, ...STATES];

/** What a map holds for a key; if there is nothing yet, a new object of `Kind`. */
export const madeIn = (map, key, Kind) => map.get(key) ?? map.set(key, new Kind()).get(key);

export const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
