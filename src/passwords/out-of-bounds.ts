/** Refuses a hash that would cost too much, and tells the cost: nothing else of the row may be logged. */
export function outOfBounds(cost: string): 'unreadable' {
  console.warn(`A password hash asks for ${cost}: out of bounds, it does not verify`)
  return 'unreadable'
}
