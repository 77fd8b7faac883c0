/** The C module of src/plugin/native; native-entries.ts says what is in it. Only sys-quickjs.ts imports it. */
declare module 'weft_sys' {
  export const native: unknown;
}
