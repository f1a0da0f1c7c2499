// The modules that Grafana provides to a plugin at run time.
const PROVIDED = /^(@grafana\/(data|runtime|schema|ui)|react|react-dom|rxjs)(\/|$)/;

/** Resolves the provided modules from this folder, and all others as Jest does by default. */
module.exports = (request, options) => {
  // The variant for browsers requires a MessageChannel, which jsdom doesn't have.
  const name = request === 'react-dom/server' ? 'react-dom/server.node' : request;
  return options.defaultResolver(name, PROVIDED.test(name) ? { ...options, basedir: __dirname } : options);
};
