/**
 * Resolves once a page has come to rest: every movement that ends has ended. Colours are looked at only then, since
 * halfway they are nobody's choice; how long that takes is the machine's affair.
 */
export async function settled(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 120))
  const ending = document
    .getAnimations()
    .filter(({ effect }) => effect?.getComputedTiming().endTime !== Number.POSITIVE_INFINITY)
  await Promise.allSettled(ending.map(({ finished }) => finished))
}
