import { escapeName, unescapeName } from './escapedName';

it.each([
  ['job', 'job'],
  ['a__b', 'a__b'],
  ['k8s.pod.name', 'U__k8s_2e_pod_2e_name'],
  ['app.kubernetes.io/name', 'U__app_2e_kubernetes_2e_io_2f_name'],
  ['a.b_c', 'U__a_2e_b__c'],
  ['größe', 'U__gr_f6__df_e'],
  ['😀', 'U___1f600_'],
  ['U__a_2e_b', 'U__U____a__2e__b'],
  ['..', 'U___2e__2e_'],
])('escapes %s as %s', (name, escaped) => {
  expect(escapeName(name)).toBe(escaped);
  expect(unescapeName(escaped)).toBe(name);
});

it.each(['', 'u__a_2e_b', 'U__a_', 'U__a_2e', 'U__a_xyz_', 'U__a_d800_', 'U__a_110000_', 'U__a_1234567_'])(
  'returns %j unchanged',
  (text) => {
    expect(unescapeName(text)).toBe(text);
  }
);
