using System.Numerics.Tensors;
using Hearth.Kernels;
using Hearth.Kernels.Compute;
using Hearth.Kernels.Memory;
using Hearth.Kernels.Sparse;
using Hearth.Kernels.Threading;

namespace Hearth.Engine.Sparsity.Profiling;

/// <summary>Counts for one block which neurons are active, and what would be lost for each number of votes at which signs might leave neurons out.</summary>
internal sealed class NeuronCounter : INeuronObserver, IDisposable
{
    private readonly string name;
    private readonly SignPlane? plane;
    private readonly Cpu? cpu;
    private readonly long[] active;
    private readonly long[] byVotes;
    private readonly double[] energyByVotes;
    private long positiveGates;

    /// <summary>Begins to count.</summary>
    /// <param name="name">The block.</param>
    /// <param name="neurons">Its neurons.</param>
    /// <param name="plane">The signs of the matrix that decides, owned; null where signs cannot vote.</param>
    /// <param name="kernels">The rung's kernels.</param>
    /// <param name="pool">The workers, which are free while the observer is called.</param>
    public NeuronCounter(string name, int neurons, SignPlane? plane, KernelSet kernels, WorkerPool pool)
    {
        this.name = name;
        this.plane = plane;
        active = new long[neurons];
        byVotes = new long[(plane?.Columns ?? 0) + 1];
        energyByVotes = new double[byVotes.Length];
        if (plane == null)
            return;
        using var measuring = new Cpu(kernels, pool, Arena.Measure());
        measuring.SignVotesOf(measuring.Rent(1, plane.Columns), 0, plane);
        cpu = new Cpu(kernels, pool, new Arena(measuring.Arena.PeakBytes));
    }

    /// <summary>Tokens that were counted.</summary>
    public long Tokens { get; private set; }

    /// <inheritdoc/>
    public void ObserveGate(Rows gate)
    {
        for (int token = 0; token < gate.Count; token++)
        {
            foreach (float value in gate[token])
                positiveGates += value <= 0 ? 0 : 1;
        }
    }

    /// <inheritdoc/>
    public void ObserveValues(Rows x, Rows values)
    {
        for (int token = 0; token < values.Count; token++)
        {
            var row = values[token];
            for (int i = 0; i < row.Length; i++)
                active[i] += row[i] == 0 ? 0 : 1;
            if (cpu == null)
                continue;
            cpu.Arena.Reset();
            var votes = cpu.SignVotesOf(x, token, plane!);
            for (int i = 0; i < row.Length; i++)
            {
                byVotes[votes[i]]++;
                energyByVotes[votes[i]] += (double)row[i] * row[i];
            }
        }

        Tokens += values.Count;
    }

    /// <summary>What was counted.</summary>
    /// <param name="allowedLoss">The share of energy that signs may lose.</param>
    public LayerProfile Finish(double allowedLoss)
    {
        double rows = Math.Max(1, Tokens);
        return new LayerProfile(
            name,
            Array.ConvertAll(active, count => (float)(count / rows)),
            (float)(positiveGates / rows / active.Length),
            plane == null ? null : Outlook(plane.Columns, allowedLoss));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        cpu?.Dispose();
        plane?.Dispose();
    }

    /// <summary>The fewest votes at which neurons can be left out: from the most downwards, as long as what is lost is allowed.</summary>
    private SignOutlook Outlook(int columns, double allowedLoss)
    {
        double energy = TensorPrimitives.Sum<double>(energyByVotes);
        double lost = 0;
        long left = byVotes.Sum();
        long all = Math.Max(1, left);
        int limit = columns;
        while (limit > 0 && lost + energyByVotes[limit] <= allowedLoss * energy)
        {
            lost += energyByVotes[limit];
            left -= byVotes[limit];
            limit--;
        }

        // Half a vote above the limit, so that rounding cannot move it.
        float z = (float)(((2 * limit) + 1 - columns) / Math.Sqrt(columns));
        return new SignOutlook(z, (float)((double)left / all), energy > 0 ? (float)(lost / energy) : 0);
    }
}
