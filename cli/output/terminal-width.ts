/** Width of a stream in columns; pipes, and terminals that report none or 0, count as 80. */
export function terminalWidth(stream: { readonly columns?: number | undefined }): number {
  const { columns } = stream;
  return columns === undefined || columns <= 0 ? 80 : columns;
}
