import { useEffect, useState } from "react";

/** A connection that comes, or comes back, this soon is nobody's worry. */
export const graceMs = 1_500;

/** Whether a moment (Unix ms) has come; looks again when it does. */
export function useIsPast(moment: number | undefined): boolean {
  const [past, setPast] = useState<number>();
  useEffect(() => {
    if (moment === undefined) return;
    const timer = setTimeout(() => setPast(moment), Math.max(0, moment - Date.now()));
    return () => clearTimeout(timer);
  }, [moment]);
  return moment !== undefined && past === moment;
}
