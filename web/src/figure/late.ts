/** Code that is loaded when it is first used. */
export async function late<Module>(loading: Promise<Module>): Promise<Module> {
  try {
    return await loading;
  } catch {
    throw new Error('The code for this did not load; expected the network, or the files of this very page.');
  }
}
