/** Whether the element under the keyboard needs single keys for itself: a field, a button, a link. */
export function takesKeys(target: EventTarget | null): boolean {
  return (
    target instanceof Element && target.closest('input, textarea, select, button, a[href], [contenteditable]') !== null
  )
}
