"""One topic a month (每月一题): what is nominated, its plan and its three lists."""
