/** What a drop or a paste may hold. */
export interface Handed {
  readonly files: readonly File[]
  readonly text: string
}

/** Files and text of a drop or a paste; what a file is, its bytes say when it is read. */
export function handedOver(transfer: DataTransfer | null): Handed {
  return { files: Array.from(transfer?.files ?? []), text: transfer?.getData('text/plain') ?? '' }
}

/** Pictures and text on the clipboard, where the person allows reading it. */
export async function readClipboard(): Promise<{ readonly picture?: Blob; readonly text: string }> {
  try {
    const items = await navigator.clipboard.read()
    for (const item of items) {
      const type = item.types.find((each) => each.startsWith('image/'))
      if (type !== undefined) return { picture: await item.getType(type), text: '' }
    }
  } catch {
    // Some browsers give text alone.
  }
  return { text: await navigator.clipboard.readText().catch(() => '') }
}
