/** Nobody's quiet time is over in the first seconds, which belong to what they came for. */
const notBeforeMs = 5_000;

export async function loadStay() {
  await new Promise((resolve) => setTimeout(resolve, notBeforeMs));
  return { default: (await import("./StayHere.tsx")).StayHere };
}
