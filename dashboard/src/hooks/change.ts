/** A mutation after which what it may have changed is read again, however it went. */
import { type QueryKey, useMutation, useQueryClient } from "@tanstack/react-query";

export function useChange<A, R>(queryKey: QueryKey, mutationFn: (args: A) => Promise<R>) {
  const client = useQueryClient();
  return useMutation({ mutationFn, onSettled: () => client.invalidateQueries({ queryKey }) });
}
