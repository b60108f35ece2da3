/** A word list of the library: word -> label. */
declare module '@library/vocabulary/*.yaml' {
  const labels: Record<string, string>
  export default labels
}
/** The facts known about a firm: how each is asked for. */
declare module '@library/facts/registry.yaml' {
  const facts: Record<string, { label: string, kind: string, unit?: string, members?: string | Record<string, string> }>
  export default facts
}
