/** The longest side of a page as it is drawn, in pixels: an A4 page at about 200 to the inch. */
const longestSide = 2_400
/** Pages that are looked at; a code to scan stands on one of the first. */
const mostPages = 10

type Canvas = Pick<OffscreenCanvas, 'width' | 'height'>

/** How the library asks for canvases; in a worker there is no document to make them. */
class WorkerCanvasFactory {
  create(width: number, height: number) {
    const canvas = new OffscreenCanvas(Math.max(1, width), Math.max(1, height))
    return { canvas, context: canvas.getContext('2d', { willReadFrequently: true }) }
  }

  reset({ canvas }: { readonly canvas: Canvas }, width: number, height: number): void {
    ;[canvas.width, canvas.height] = [width, height]
  }

  destroy({ canvas }: { readonly canvas: Canvas }): void {
    ;[canvas.width, canvas.height] = [0, 0]
  }
}

/** Filters are for people's eyes; a code is as legible without them. */
class NoFilters {
  addFilter = () => 'none'
  addHCMFilter = () => 'none'
  addAlphaFilter = () => 'none'
  addLuminosityFilter = () => 'none'
  addHighlightHCMFilter = () => 'none'
  destroy = () => undefined
}

/**
 * Draws the first pages of a PDF, one after the other.
 *
 * No script of the file runs (the library has no `eval`), no font of the system is loaded, and nothing is fetched: all
 * of it is in the bytes.
 *
 * @throws Error if it is none, or is locked by a password
 */
export async function* drawPdfPages(file: Blob): AsyncGenerator<OffscreenCanvas> {
  const { getDocumentProxy } = await import('unpdf')
  const document = await getDocumentProxy(new Uint8Array(await file.arrayBuffer()), {
    disableFontFace: true,
    useSystemFonts: false,
    enableXfa: false,
    stopAtErrors: false,
    CanvasFactory: WorkerCanvasFactory,
    FilterFactory: NoFilters,
  })
  try {
    for (let number = 1; number <= Math.min(document.numPages, mostPages); number++) {
      const page = await document.getPage(number)
      const plain = page.getViewport({ scale: 1 })
      const viewport = page.getViewport({ scale: longestSide / Math.max(plain.width, plain.height) })
      const canvas = new OffscreenCanvas(Math.ceil(viewport.width), Math.ceil(viewport.height))
      // Its types name the page's canvas.
      await page.render({ canvas: canvas as never, viewport }).promise
      yield canvas
    }
  } finally {
    await document.loadingTask.destroy()
  }
}
