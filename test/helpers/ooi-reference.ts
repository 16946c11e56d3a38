import { z } from 'zod';

/**
 * What a store must hold, told by other libraries from the files themselves: netCDF4 and numpy. Takes one argument, JSON: `{table, requests}`,
 * `requests` being folders of files, older first. Prints `referenceSchema`.
 */
export const REFERENCE = `
import sys, os, re, json, hashlib, datetime, numpy as np, netCDF4
arguments = json.loads(sys.argv[1])
STAMP = r'\\d{8}T\\d{6}(?:\\.\\d+)?Z?'
NAME = re.compile(r'deployment(\\d{4})_' + re.escape(arguments['table']) + '_(' + STAMP + ')-(' + STAMP + r')\\.nc')
DEFAULTS = {'i1': -9, 'i2': -9999, 'i4': -9999999, 'i8': -9999999, 'u1': 0xff, 'u2': 0xffff, 'u4': 0xffffffff, 'f4': np.nan, 'f8': np.nan}

def join(a, b):
    if a.kind == b.kind: return max(a, b, key=lambda t: t.itemsize)
    if 'f' in (a.kind, b.kind):
        floating, other = (a, b) if a.kind == 'f' else (b, a)
        return np.dtype('f4') if floating.itemsize == 4 and other.itemsize <= 2 else np.dtype('f8')
    signed, unsigned = (a, b) if a.kind == 'i' else (b, a)
    size = max(signed.itemsize, 2 * unsigned.itemsize)
    return np.dtype(f'i{size}') if size <= 8 else np.dtype('f8')

def read(path):
    try: dataset = netCDF4.Dataset(path)
    except OSError: return None
    with dataset:
        dataset.set_auto_maskandscale(False); dataset.set_auto_chartostring(False)
        variables, coordinates = {}, {}
        for name, v in dataset.variables.items():
            attributes = {key: v.getncattr(key) for key in v.ncattrs()}
            if v.dimensions == (name,):
                if name != 'obs': coordinates[name] = (v.dtype, len(v))
                continue
            values = np.ma.getdata(v[:])
            fill = attributes.get('_FillValue')
            if v.dtype is str or v.dtype.kind == 'S':
                if 'qartod_executed' not in name and 'frame_type' not in name: continue
                if v.dtype is str: texts = [text.encode() for text in values]; width = max([0] + [len(text) for text in texts])
                else: width = v.shape[1]; texts = [bytes(row).rstrip(b'\\0') for row in values]
                texts = [b'' if fill is not None and text == bytes(fill) else text for text in texts]
                tests = [t for t in attributes.get('tests_executed', '').split(',') if t.strip()] if name.endswith('_qartod_executed') else []
                variables[name] = dict(text=True, texts=texts, width=width, tests=len(tests))
            else: variables[name] = dict(text=False, values=values, fill=None if fill is None else np.asarray(fill, v.dtype)[()], inner=v.dimensions[1:])
        if 'time' in variables:
            found = re.fullmatch(r'seconds since (\\d{4})-(\\d\\d?)-(\\d\\d?)( 0+:0+:0+)?', dataset['time'].units)
            if not found: return None
            days = (datetime.date(*map(int, found.groups()[:3])) - datetime.date(1900, 1, 1)).days
            if days:
                time = variables['time']['values']; good = np.isfinite(time) & (time != variables['time']['fill'])
                time[good] = [(int(round(t * 1000000)) + days * 86400000000) / 1000000 for t in time[good].tolist()]
    return variables, coordinates

files = []
for folder in arguments['requests']:
    names = sorted((m.group(1), m.group(2), m.group(3), name) for name in os.listdir(folder) for m in [NAME.fullmatch(name)] if m)
    for *_, name in names:
        content = read(os.path.join(folder, name))
        if content is None or 'time' not in content[0]: continue
        time = content[0]['time']['values']; fill = content[0]['time']['fill']
        usable = np.isfinite(time) if fill is None else np.isfinite(time) & (time != fill)
        if usable.any(): files.append((content, time, usable))

winners = {}
for index, (_, time, usable) in enumerate(files):
    for position in np.flatnonzero(usable): winners[float(time[position])] = (index, position)
times = np.array(sorted(winners), 'f8')
places = np.array([winners[t] for t in times])
out = {}

def put(name, array, fill, sha=None):
    if array.dtype.kind == 'f':
        array = array.copy(); array[np.isnan(array)] = np.nan
        if fill is not None and np.isnan(fill): fill = 'NaN'
    out[name] = dict(dtype=array.dtype.str, shape=list(array.shape), fill_value=fill if fill is None or fill == 'NaN' else float(fill),
                     sha256=hashlib.sha256(array.astype(array.dtype.newbyteorder('<')).tobytes()).hexdigest())

for name in sorted({name for content, *_ in files for name in content[0]}):
    having = [(index, content[0][name]) for index, (content, *_) in enumerate(files) if name in content[0]]
    if having[0][1]['text']:
        tests = max(v['tests'] for _, v in having)
        width = max(1, tests, *(v['width'] for _, v in having))
        column = np.full(len(times), b'9' * tests, f'S{width}')
        for index, v in having:
            rows = np.flatnonzero(places[:, 0] == index)
            column[rows] = [v['texts'][position].ljust(tests, b'9') for position in places[rows, 1]]
        put(name, column, None)
        continue
    dtype = having[0][1]['values'].dtype
    for _, v in having: dtype = join(dtype, v['values'].dtype)
    declared = [v for _, v in having if v['fill'] is not None]
    final = [v['fill'] for v in declared if v['values'].dtype == dtype] + [v['fill'] for v in declared]
    fill = dtype.type(final[0]) if final and name != 'time' else None
    absent = 9 if name.endswith('_qartod_results') else 0 if re.search('_qc_(executed|results)$', name) else fill if fill is not None else DEFAULTS[dtype.str[1:]]
    inner = np.max([v['values'].shape[1:] for _, v in having], axis=0).astype(int) if having[0][1]['values'].ndim > 1 else ()
    column = np.full((len(times), *inner), absent, dtype)
    for index, v in having:
        rows = np.flatnonzero(places[:, 0] == index)
        values = v['values'][places[rows, 1]]
        own = v['fill']
        isfill = np.zeros(values.shape, bool) if own is None or fill is None else np.isnan(values) if own != own else values == own
        values = values.astype(dtype); values[isfill] = fill if fill is not None else 0
        column[(rows, *[slice(0, n) for n in values.shape[1:]])] = values
    put(name, column, fill)
for name in {name for content, *_ in files for name in content[1]}:
    having = [content[1][name] for content, *_ in files if name in content[1]]
    put(name, np.arange(max(size for _, size in having), dtype=having[0][0]), None)
print(json.dumps(dict(observations=len(times), rows_read=int(sum(usable.sum() for *_, usable in files)), variables=out)))
`;

const variable = z.object({
  dtype: z.string(),
  shape: z.array(z.int()).exactOptional(),
  fill_value: z.union([z.number(), z.literal('NaN')]).nullable(),
  sha256: z.string(),
});

/** As `golden/*.json` of the published samples has it, where `time` goes without its shape. */
export const referenceSchema = z
  .object({ observations: z.int(), rows_read: z.int(), variables: z.record(z.string(), variable) })
  .transform(({ variables, ...rest }) => {
    const withShape = Object.entries(variables).map(([name, one]) => [name, { ...one, shape: one.shape ?? [rest.observations] }] as const);
    return { ...rest, variables: Object.fromEntries(withShape) };
  });
