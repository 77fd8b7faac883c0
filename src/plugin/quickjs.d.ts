/** The C module of src/plugin/native. Only sys-quickjs.ts imports it. */
declare module 'weft_sys' {
  export const native: import('./native-entries.ts').Native;
}
