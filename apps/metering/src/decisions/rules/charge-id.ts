/** Id of a use's only charge, with the use's own suffix. */
export function chargeIdOf(usageId: string): string {
  return `chg_${usageId.slice('usg_'.length)}`;
}
