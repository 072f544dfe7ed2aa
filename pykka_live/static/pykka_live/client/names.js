// Names that both sides, or several modules, agree on.

export const ROOT = "data-liveview-root";
export const TOKEN = "data-live-token";
export const COMPONENT = "live-component";
export const IGNORE = "live-ignore";
export const BINDING = "live-on:";

export const FIELDS = "input, select, textarea";

/** What a map holds for a key; if there is nothing yet, a new object of `Kind`. */
export const madeIn = (map, key, Kind) => map.get(key) ?? map.set(key, new Kind()).get(key);

export const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
