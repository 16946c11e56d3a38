"""
The same work with xarray: FILES TARGET. Opens each file, joins, sorts by time, drops repeated times, writes Zarr with zstd-1, brings every
file to the disk, reads every chunk back against the digest taken when it was written, and checks that times ascend. Does so twice, as the
other side does. Prints JSON, a line for each.
"""

import glob
import hashlib
import json
import os
import resource
import sys
import time
import warnings

import numcodecs
import numpy as np
import xarray as xr
from zarr.storage import LocalStore

warnings.simplefilter('ignore')
files, target = sys.argv[1], sys.argv[2]


class DigestingStore(LocalStore):
    """Keeps the digest of what is written, as long as this runs."""

    digests = {}

    async def set(self, key, value):
        self.digests[key] = hashlib.sha256(value.as_buffer_like()).digest()
        await super().set(key, value)


def sync(path):
    descriptor = os.open(path, os.O_RDONLY)
    os.fsync(descriptor)
    os.close(descriptor)


def convert(target):
    began = time.perf_counter()
    used_before = resource.getrusage(resource.RUSAGE_SELF)
    names = sorted(glob.glob(f'{files}/*.nc'))
    opened = [xr.open_dataset(name, decode_times=False, mask_and_scale=False).swap_dims(obs='time').load() for name in names]
    whole = xr.concat(opened, dim='time', data_vars='all', coords='minimal', compat='override', combine_attrs='override')
    order = np.argsort(whole.time.values, kind='stable')
    times = whole.time.values[order]
    last = np.append(times[1:] != times[:-1], True)
    whole = whole.isel(time=order[last])
    codec = numcodecs.Zstd(level=1)
    encoding = {name: {'compressors': codec, 'chunks': (250_000,)} for name in whole.variables}
    store = DigestingStore(target)
    whole.to_zarr(store, mode='w', zarr_format=2, consolidated=True, encoding=encoding)
    for folder, _, found in os.walk(target):
        for name in found:
            sync(os.path.join(folder, name))
        sync(folder)
    checking = time.perf_counter()
    for key, digest in store.digests.items():
        with open(os.path.join(target, key), 'rb') as file:
            content = file.read()
        assert key.endswith(('.zarray', '.zattrs', '.zgroup', '.zmetadata')) or hashlib.sha256(content).digest() == digest
    back = xr.open_zarr(target, decode_times=False, mask_and_scale=False, chunks=None)
    assert (np.diff(back.time.values) > 0).all()
    seconds = time.perf_counter() - began
    used = resource.getrusage(resource.RUSAGE_SELF)
    return {
        'seconds': seconds,
        'checkSeconds': began + seconds - checking,
        'cpuSeconds': used.ru_utime + used.ru_stime - used_before.ru_utime - used_before.ru_stime,
        'systemSeconds': used.ru_stime - used_before.ru_stime,
        'rows': int(back.sizes['time']),
        'peakMiB': used.ru_maxrss / 1024,
    }


for turn in ('first', 'again'):
    print(json.dumps(convert(f'{target}/{turn}')))
