/** The peers, as `serve.mjs` serves them: the types that come with one of them cannot be parsed. */
declare module "/packages/*" {
  const init: any;
  export default init;
  export const FlareEngine: any;
  export const Wllama: any;
}
