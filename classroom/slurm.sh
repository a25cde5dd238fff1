#!/usr/bin/env bash
# Grades a class as an array of Slurm jobs, from the folder of the course:
#
#     cargo fetch --locked                                     # once, on a node with a network
#     sbatch classroom/slurm.sh SUBMISSIONS RESULTS
#     cargo xtask grade merge RESULTS/shard-* --out RESULTS/class
#
# Each job has a target folder of its own on the node's disk, since cargo locks a target folder. A job that was ended goes
# on where it was when the array is submitted again.
#SBATCH --job-name=grade
#SBATCH --array=1-16
#SBATCH --cpus-per-task=4
#SBATCH --mem=16G
#SBATCH --time=02:00:00
set -euo pipefail

submissions=${1:?usage: sbatch classroom/slurm.sh SUBMISSIONS RESULTS}
results=${2:?usage: sbatch classroom/slurm.sh SUBMISSIONS RESULTS}
shard=${SLURM_ARRAY_TASK_ID:?this is a job array: start it with sbatch}
count=${SLURM_ARRAY_TASK_COUNT:?this is a job array: start it with sbatch}

cd "${SLURM_SUBMIT_DIR:-.}"
export CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-${SLURM_TMPDIR:-${TMPDIR:-/tmp}}/course-target-$shard}"

# 1: a submission could not be read or graded, which the results say.
cargo xtask grade "$submissions" --shard "$shard/$count" --jobs "${SLURM_CPUS_PER_TASK:-2}" \
  --out "$results/shard-$shard" || [ $? = 1 ]
