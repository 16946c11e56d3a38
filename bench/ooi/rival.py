"""The same work with xarray: FILES TARGET. Opens each file, joins, sorts by time, drops repeated times, writes Zarr with zstd-1, reads it back. Prints JSON."""

import glob
import json
import resource
import sys
import time
import warnings

import numcodecs
import numpy as np
import xarray as xr

warnings.simplefilter('ignore')
files, target = sys.argv[1], sys.argv[2]
began, cpu = time.perf_counter(), time.process_time()
names = sorted(glob.glob(f'{files}/*.nc'))
opened = [xr.open_dataset(name, decode_times=False, mask_and_scale=False).swap_dims(obs='time').load() for name in names]
whole = xr.concat(opened, dim='time', data_vars='all', coords='minimal', compat='override', combine_attrs='override')
order = np.argsort(whole.time.values, kind='stable')
times = whole.time.values[order]
last = np.append(times[1:] != times[:-1], True)
whole = whole.isel(time=order[last])
codec = numcodecs.Zstd(level=1)
encoding = {name: {'compressors': codec, 'chunks': (250_000,)} for name in whole.variables}
whole.to_zarr(target, mode='w', zarr_format=2, consolidated=True, encoding=encoding)
back = xr.open_zarr(target, decode_times=False, mask_and_scale=False, chunks=None).load()
assert (np.diff(back.time.values) > 0).all()
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps({'seconds': time.perf_counter() - began, 'cpuSeconds': time.process_time() - cpu, 'rows': int(back.sizes['time']), 'peakMiB': peak}))
