import { useEffect, useState } from 'react';

/**
 * Loads a module when it is first needed. Returns undefined until it is loaded. If it can't be loaded, the next
 * component that needs it tries again. `load` must be the same function in each call.
 */
export function useModule<Module>(load: () => Promise<Module>, isNeeded = true): Module | undefined {
  const [loaded, setLoaded] = useState<Module>();
  useEffect(() => {
    let isCurrent = true;
    if (isNeeded && !loaded) {
      load().then(
        (module) => isCurrent && setLoaded(module),
        () => {}
      );
    }
    return () => {
      isCurrent = false;
    };
  }, [load, loaded, isNeeded]);
  return loaded;
}
