import { describe, expect, it } from 'vitest';
import type { Selections } from '../../../src/selection/network-selection.ts';
import { parseNetworksAnnotation } from '../../../src/selection/networks-annotation.ts';
import { expectThrown } from '../../harness/thrown.ts';

function parse(text: string | undefined): Selections {
  return parseNetworksAnnotation(text, 'ns1');
}

/** The one element of a JSON annotation with these keys beside the name. */
function element(keys: object): unknown {
  return parse(JSON.stringify([{ name: 'a', ...keys }])).selections[0];
}

function expectInvalid(text: string, ...names: readonly string[]): void {
  expectThrown(() => parse(text), {
    reason: 'InvalidAnnotation',
    code: 7,
    names: ['annotation k8s.v1.cni.cncf.io/networks', ...names],
  });
}

function expectInvalidElement(keys: object, ...names: readonly string[]): void {
  expectInvalid(JSON.stringify([{ name: 'ok' }, { name: 'a', ...keys }]), ...names);
}

describe('the form of the annotation', () => {
  it.each([undefined, '', '[]', ' [ ] '])('selects nothing with %j [NPWG-041] [NPWG-049]', (text) => {
    expect(parse(text)).toEqual({ selections: [], warnings: [] });
  });

  it('reads both forms to the same elements [NPWG-040] [NPWG-043]', () => {
    const short = parse('net-a,net-b,other/net-c@x1').selections;
    const json = parse(
      '[{"name":"net-a"},{"name":"net-b"},{"name":"net-c","namespace":"other","interface":"x1"}]',
    );
    expect(short.map(({ where: _, ...rest }) => rest)).toEqual(
      json.selections.map(({ where: _, ...rest }) => rest),
    );
    expect(short).toEqual([
      { where: 'item 1', namespace: 'ns1', name: 'net-a' },
      { where: 'item 2', namespace: 'ns1', name: 'net-b' },
      { where: 'item 3', namespace: 'other', name: 'net-c', ifname: 'x1' },
    ]);
  });

  it('takes a value with a bracket, brace or quote anywhere for JSON [NPWG-042]', () => {
    expect(parse(' \n\t[{"name":"a"}]').selections).toHaveLength(1);
    expectInvalid('"net-a"', 'the value is a string, must be a list of objects');
    expectInvalid('net-a,{', 'is not JSON');
  });

  it('trims the parts of the short form [NPWG-044]', () => {
    expect(parse(' net-a @ x1 ,\nns2 / net-b ').selections).toMatchObject([
      { namespace: 'ns1', name: 'net-a', ifname: 'x1' },
      { namespace: 'ns2', name: 'net-b' },
    ]);
  });

  it('takes interface names by the rules of the kernel [NPWG-048]', () => {
    expect(parse('net-a@eth0.10').selections[0]?.ifname).toBe('eth0.10');
    expectInvalid('net-a@sixteen-bytes-ab', 'item 1', '"sixteen-bytes-ab" is longer than 15 bytes');
    expectInvalid('net-a@', 'item 1', 'interface name is empty');
    expectInvalid('net-a@a:b', 'item 1', '"a:b"');
  });

  it.each([
    ['a/b/c', 'item 1', '"a/b/c"'],
    ['x,a@b@c', 'item 2', '"a@b@c"'],
  ])('refuses too many parts in %j [NPWG-045]', (text, ...names) => expectInvalid(text, ...names));

  it.each([
    ['Net-A', 'Net-A'],
    ['net_a', 'net_a'],
    ['-a', '"-a"'],
    ['a-', '"a-"'],
    ['Ns/a', '"Ns"'],
    ['/a', '""'],
    ['a.b', '"a.b"'],
    ['n.s/a', '"n.s"'],
    ['net-a\u00e9', 'item 1'],
  ])('refuses the name %j in the short form [NPWG-046] [NPWG-313]', (text, name) => {
    expectInvalid(text, 'item 1', name);
  });

  it.each([
    ['net-a,', 'item 2 is empty'],
    [',net-a', 'item 1 is empty'],
    ['a,,b', 'item 2 is empty'],
    [' ', 'item 1 is empty'],
  ])('refuses the empty item of %j [NPWG-047]', (text, name) => expectInvalid(text, name));

  it.each([
    ['{"name":"a"}', 'the value is an object, must be a list of objects'],
    ['[{"name":"a"}', 'is not JSON'],
    ['[{', 'is not JSON'],
    ['["a"]', '[0] is a string, must be an object'],
    ['[null]', '[0] is null'],
    ['[[]]', '[0] is an array'],
    ['[{"name":"a"}]x', 'is not JSON'],
    [`${'['.repeat(100_000)}`, 'nested'],
  ])('refuses %.40j as JSON form [NPWG-049] [NPWG-311]', (text, name) => expectInvalid(text, name));

  it('keeps the order and each occurrence', () => {
    expect(parse('b,a,b').selections.map(({ name }) => name)).toEqual(['b', 'a', 'b']);
  });

  it('warns of unknown keys without a dot and leaves the others alone [NPWG-051] [NPWG-096]', () => {
    const text = '[{"name":"a"},{"name":"b","Mac":"x","deviceID":"0000:00:01.0","example.com/x":1}]';
    const { selections, warnings } = parse(text);
    expect(selections[1]).toEqual({ where: '[1]', namespace: 'ns1', name: 'b' });
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain('[1]');
    expect(warnings[0]).toContain('"Mac", "deviceID"');
    expect(warnings[0]).not.toContain('example.com');
  });

  it('warns of unknown keys inside port mappings and bandwidth, and does not pass them on', () => {
    const portMappings = [{ hostPort: 1, containerPort: 2, hostport: 3 }];
    const { selections, warnings } = parse(
      JSON.stringify([{ name: 'a', portMappings, bandwidth: { ingressRate: 1, rate: 2 } }]),
    );
    expect(selections[0]?.portMappings).toEqual([{ hostPort: 1, containerPort: 2, protocol: 'tcp' }]);
    expect(selections[0]?.bandwidth).toEqual({ ingressRate: 1 });
    expect(warnings[0]).toContain('"portMappings[0].hostport", "bandwidth.rate"');
  });

  it('bounds a warning about thousands of keys', () => {
    const keys = Object.fromEntries(
      Array.from({ length: 5000 }, (_, index) => [`k${index}`.padEnd(100, 'x'), 1]),
    );
    const { warnings } = parse(JSON.stringify([{ name: 'a', ...keys }]));
    expect(warnings[0]).toContain('and 4996 more');
    expect(warnings[0]?.length).toBeLessThan(450);
  });
});

describe('the keys of an element', () => {
  it.each([
    [{ name: undefined }, '[1].name is missing'],
    [{ name: '' }, '[1].name is ""'],
    [{ name: 1 }, '[1].name must be a string, not 1'],
    [{ name: 'ns/a' }, '[1].name is "ns/a"'],
    [{ name: 'Net-A' }, '[1].name is "Net-A"'],
  ])('refuses %j [NPWG-070]', (keys, complaint) => expectInvalidElement(keys, complaint));

  it('takes a dotted name in the JSON form [NPWG-313]', () => {
    expect(element({ name: 'a.b' })).toMatchObject({ name: 'a.b' });
  });

  it("takes the pod's namespace for an empty one [NPWG-071]", () => {
    expect(element({ namespace: '' })).toMatchObject({ namespace: 'ns1' });
    expectInvalidElement({ namespace: 'a/b' }, '[1].namespace', '"a/b"');
    expectInvalidElement({ namespace: 'n'.repeat(64) }, '[1].namespace');
  });

  it('takes addresses with and without prefix, unchanged [NPWG-072]', () => {
    const ips = ['10.2.2.42/24', '2001:DB8::5/64', '10.0.0.9'];
    expect(element({ ips })).toMatchObject({ ips });
  });

  it.each([
    [{ ips: [] }, '[1].ips must not be empty'],
    [{ ips: ['x'] }, '[1].ips[0] is "x"'],
    [{ ips: ['10.0.0.1', '1.2.3.4/33'] }, '[1].ips[1] is "1.2.3.4/33"'],
    [{ ips: ['10.0.0.01'] }, '[1].ips[0]'],
    [{ ips: ['fe80::1%eth0'] }, '[1].ips[0]'],
    [{ ips: '1.2.3.4' }, '[1].ips must be an array, not "1.2.3.4"'],
    [{ ips: [1] }, '[1].ips[0] must be a string, not 1'],
    [{ ips: null }, '[1].ips must be an array, not null'],
  ])('refuses %j [NPWG-052] [NPWG-072]', (keys, name) => expectInvalidElement(keys, name));

  it.each(['02:23:45:67:89:01', '02-23-45-67-89-0A', '0223.4567.8901'])(
    'takes the mac %s [NPWG-076]',
    (mac) => {
      expect(element({ mac })).toMatchObject({ mac });
    },
  );

  it.each(['', '02:23:45:67:89', '02:23:45:67:89:01:02:03', '02:23-45:67:89:01', 'zz:23:45:67:89:01'])(
    'refuses the mac %j [NPWG-076]',
    (mac) => expectInvalidElement({ mac }, '[1].mac is ', 'six bytes'),
  );

  it.each([
    ['', 'is empty'],
    ['sixteen-bytes-ab', 'longer than 15 bytes'],
    ['a/b', '"a/b"'],
    ['a b', '"a b"'],
    ['..', '".."'],
    ['\u00e9'.repeat(8), 'longer than 15 bytes'],
  ])('refuses the interface %j [NPWG-078]', (name, complaint) => {
    expectInvalidElement({ interface: name }, '[1].interface', complaint);
  });

  it('keeps cni-args as text, numbers above 2^53 included [NPWG-080]', () => {
    const text = '[{"name":"a","cni-args": { "n" : 9007199254740993, "e":1E2 } }]';
    expect(parse(text).selections[0]?.cniArgs).toBe('{ "n" : 9007199254740993, "e":1E2 }');
    for (const value of [[], 'x', 1, null])
      expectInvalidElement({ 'cni-args': value }, '[1].cni-args must be an object');
  });

  it('defaults the protocol and writes it in lower case [NPWG-083] [NPWG-084]', () => {
    const ports = { hostPort: 1, containerPort: 65_535 };
    const portMappings = [
      ports,
      { ...ports, protocol: 'SCTP', hostIP: '::1' },
      { ...ports, protocol: 'Udp', hostIP: '' },
    ];
    expect(element({ portMappings })).toMatchObject({
      portMappings: [
        { ...ports, protocol: 'tcp' },
        { ...ports, protocol: 'sctp', hostIP: '::1' },
        { ...ports, protocol: 'udp' },
      ],
    });
  });

  it.each([
    [[], '[1].portMappings must not be empty'],
    [{}, '[1].portMappings must be an array'],
    [[{ containerPort: 1 }], '[1].portMappings[0].hostPort is missing'],
    [[{ hostPort: 0, containerPort: 1 }], '[1].portMappings[0].hostPort must be >= 1, not 0'],
    [
      [{ hostPort: 1, containerPort: 65_536 }],
      '[1].portMappings[0].containerPort must be <= 65535, not 65536',
    ],
    [[{ hostPort: '80', containerPort: 1 }], '[1].portMappings[0].hostPort must be an integer, not "80"'],
    [[{ hostPort: 1, containerPort: 1, protocol: 'icmp' }], '[1].portMappings[0].protocol is "icmp"'],
    [[{ hostPort: 1, containerPort: 1, hostIP: 'x' }], '[1].portMappings[0].hostIP is "x"'],
  ])('refuses port mappings %j [NPWG-083]', (portMappings, name) => {
    expectInvalidElement({ portMappings }, name);
  });

  it('takes bandwidth without adding directions [NPWG-085] [NPWG-086]', () => {
    expect(element({ bandwidth: { egressRate: 8 } })).toMatchObject({ bandwidth: { egressRate: 8 } });
    const all = { ingressRate: 1, ingressBurst: 2, egressRate: 3, egressBurst: Number.MAX_SAFE_INTEGER };
    expect(element({ bandwidth: all })).toMatchObject({ bandwidth: all });
  });

  it.each([
    ['{}', '[0].bandwidth has neither'],
    ['{"ingressBurst":1}', '[0].bandwidth.ingressBurst is there without ingressRate'],
    ['{"ingressRate":1,"egressBurst":1}', '[0].bandwidth.egressBurst is there without egressRate'],
    ['{"ingressRate":0}', '[0].bandwidth.ingressRate must be > 0'],
    ['{"ingressRate":-1}', '[0].bandwidth.ingressRate'],
    ['{"ingressRate":1.5}', '[0].bandwidth.ingressRate must be an integer'],
    ['{"ingressRate":9007199254740993}', '[0].bandwidth.ingressRate'],
    ['{"ingressRate":1e999}', '[0].bandwidth.ingressRate'],
    ['[]', '[0].bandwidth must be an object, not an array'],
  ])('refuses bandwidth %s [NPWG-085]', (bandwidth, name) => {
    expectInvalid(`[{"name":"a","bandwidth":${bandwidth}}]`, name);
  });

  it('takes an empty default-route and one gateway of each family [NPWG-087] [NPWG-090]', () => {
    expect(element({ 'default-route': [] })).toMatchObject({ defaultRoute: [] });
    const defaultRoute = ['10.0.0.1', 'fe80::1'];
    expect(element({ 'default-route': defaultRoute })).toMatchObject({ defaultRoute });
  });

  it('refuses default-route on two elements, even for two families [NPWG-087] [NPWG-318]', () => {
    const text = '[{"name":"a","default-route":["10.0.0.1"]},{"name":"b","default-route":["fe80::1"]}]';
    expectInvalid(text, '[1].default-route', '[0]');
  });

  it.each([
    [['10.0.0.1', '10.0.0.2'], '[1].default-route has more than one IPv4 gateway'],
    [['10.0.0.1', '::ffff:10.0.0.2'], '[1].default-route has more than one IPv4 gateway'],
    [['fe80::1', '10.0.0.1', 'fe80::2'], '[1].default-route has more than one IPv6 gateway'],
    [['10.0.0.1/24'], '[1].default-route[0] is "10.0.0.1/24"'],
    ['10.0.0.1', '[1].default-route must be an array'],
  ])('refuses the gateways %j [NPWG-087] [NPWG-091]', (gateways, name) => {
    expectInvalidElement({ 'default-route': gateways }, name);
  });

  it('takes a GUID of eight bytes and no other [NPWG-093] [NPWG-323]', () => {
    const guid = 'c2:11:22:33:44:55:66:77';
    expect(element({ 'infiniband-guid': guid })).toMatchObject({ infinibandGuid: guid });
    for (const bytes of [6, 7, 9, 20]) {
      const other = new Array(bytes).fill('02').join(':');
      expectInvalidElement({ 'infiniband-guid': other }, '[1].infiniband-guid', 'eight bytes');
    }
  });

  it('lets an IPAM claim pass without acting on it, but not beside ips [NPWG-095] [NPWG-316]', () => {
    const claim = { 'ipam-claim-reference': 'vm.net.eth0' };
    expect(parse(JSON.stringify([{ name: 'a', ...claim }]))).toEqual({
      selections: [{ where: '[0]', namespace: 'ns1', name: 'a' }],
      warnings: [],
    });
    expectInvalidElement({ ...claim, ips: ['10.0.0.1'] }, '[1] has both ips and ipam-claim-reference');
    expectInvalidElement({ 'ipam-claim-reference': '' }, '[1].ipam-claim-reference is empty');
  });

  it('bounds the values that it shows', () => {
    expectInvalidElement({ mac: 'm'.repeat(100_000) }, '[1].mac is "mmmm');
    expectInvalidElement({ mac: '\u0000\n\u001b[31m\ud800' }, '[1].mac');
  });
});
