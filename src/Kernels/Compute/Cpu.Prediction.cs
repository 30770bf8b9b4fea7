using System.Numerics;
using System.Runtime.CompilerServices;
using Hearth.Kernels.Elementwise;
using Hearth.Kernels.Memory;
using Hearth.Kernels.Sparse;

namespace Hearth.Kernels.Compute;

/// <content>Sets of neurons that may be active, and what is done with them.</content>
public sealed unsafe partial class Cpu
{
    /// <summary>Sets with undefined content.</summary>
    /// <param name="tokens">How many.</param>
    /// <param name="neurons">Neurons of the block.</param>
    public NeuronSets RentSets(int tokens, int neurons)
        => new((ulong*)Arena.Rent(Math.Max(1, tokens) * (long)NeuronSets.WordsOf(neurons) * sizeof(ulong)).Pointer, tokens, neurons);

    /// <summary>All neurons, for every token.</summary>
    public void ChooseAll(NeuronSets sets)
    {
        if (IsMeasuring)
            return;
        new Span<ulong>(sets.Words, checked(sets.Count * sets.WordsPerToken)).Fill(ulong.MaxValue);
        if (sets.Neurons % NeuronSets.WordBits is var rest and not 0)
        {
            for (int token = 0; token < sets.Count; token++)
                sets.Of(token)[sets.WordsPerToken - 1] = (1ul << rest) - 1;
        }
    }

    /// <summary>The neurons whose products the signs do not make out to be negative; see <see cref="SignVotes"/>.</summary>
    /// <param name="x">[n, columns].</param>
    /// <param name="plane">The signs of the weights.</param>
    /// <param name="limit">The most negative votes of a neuron that is chosen.</param>
    /// <param name="sets">[n, rows].</param>
    public void ChooseBySigns(Rows x, SignPlane plane, int limit, NeuronSets sets)
    {
        ArgumentNullException.ThrowIfNull(plane);
        if (x.Width != plane.Columns || sets.Neurons != plane.Rows || x.Count != sets.Count)
            ThrowSets(x.Count, x.Width, plane.Rows, plane.Columns, sets);
        using var scope = Scope();
        byte* scratch = Arena.Rent(SignVotes.ScratchBytes(plane)).Pointer;
        for (int token = 0; token < x.Count && !IsMeasuring; token++)
            SignVotes.Choose(Pool, Kernels.Signs, plane, x.Row(token), limit, sets.Of(token), scratch);
    }

    /// <summary>Negative votes of each neuron; see <see cref="SignVotes"/>.</summary>
    /// <param name="x">[n, columns].</param>
    /// <param name="token">Whose.</param>
    /// <param name="plane">The signs of the weights.</param>
    /// <returns>As many numbers as the plane has rows, valid until the scope ends; empty while only measuring.</returns>
    public ReadOnlySpan<int> SignVotesOf(Rows x, int token, SignPlane plane)
    {
        ArgumentNullException.ThrowIfNull(plane);
        if (x.Width != plane.Columns)
            ThrowSets(x.Count, x.Width, plane.Rows, plane.Columns, default);
        byte* scratch = Arena.Rent(SignVotes.ScratchBytes(plane)).Pointer;
        int* votes = RentIndices(plane.Panels * Matmul.PackedMatrix.PanelRows);
        if (IsMeasuring)
            return [];
        SignVotes.Count(Pool, Kernels.Signs, plane, x.Row(token), votes, scratch);
        return new ReadOnlySpan<int>(votes, plane.Rows);
    }

    /// <summary>The neurons whose score is not below a threshold. What is not a number is chosen, to stay visible.</summary>
    /// <param name="scores">[n, neurons].</param>
    /// <param name="threshold">The threshold.</param>
    /// <param name="sets">[n, neurons].</param>
    public void ChooseByScore(Rows scores, float threshold, NeuronSets sets)
    {
        if (scores.Width != sets.Neurons || scores.Count != sets.Count)
            ThrowSets(scores.Count, scores.Width, sets.Neurons, sets.Neurons, sets);
        ForEach(new ScoreOperation(scores, threshold, sets), scores.Count, scores.Width);
    }

    /// <summary>How many neurons a token's set has.</summary>
    public int CountOf(NeuronSets sets, int token)
    {
        if (IsMeasuring)
            return sets.Neurons;
        int count = 0;
        foreach (ulong word in new ReadOnlySpan<ulong>(sets.Of(token), sets.WordsPerToken))
            count += BitOperations.PopCount(word);
        return count;
    }

    /// <summary>The neurons of a token's set.</summary>
    public Neurons List(NeuronSets sets, int token)
    {
        int* indices = RentIndices(sets.Neurons);
        return new Neurons(indices, IsMeasuring ? sets.Neurons : ListBits(sets.Of(token), sets.WordsPerToken, indices));
    }

    /// <summary>Of some neurons, those whose value is neither negative nor zero, and their values.</summary>
    /// <param name="values">[1, as many as neurons].</param>
    /// <param name="neurons">Which.</param>
    /// <param name="kept">[1, as many as are kept].</param>
    public Neurons Active(Rows values, Neurons neurons, out Rows kept)
    {
        int* indices = RentIndices(neurons.Count);
        kept = Rent(1, neurons.Count);
        if (IsMeasuring)
            return new Neurons(indices, neurons.Count);
        int count = KeepPositive(values.Pointer, neurons, indices, kept.Pointer);
        kept = new Rows(kept.Pointer, 1, count, kept.Stride);
        return new Neurons(indices, count);
    }

    /// <summary>gate = 0 for neurons that are not in the token's set.</summary>
    /// <param name="gate">[n, neurons].</param>
    /// <param name="sets">[n, neurons].</param>
    public void Silence(Rows gate, NeuronSets sets)
    {
        if (gate.Width != sets.Neurons || gate.Count != sets.Count)
            ThrowSets(gate.Count, gate.Width, sets.Neurons, sets.Neurons, sets);
        ForEach(new SilenceOperation(gate, sets), gate.Count, gate.Width);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int ListBits(ulong* words, int count, int* indices)
    {
        int listed = 0;
        for (int word = 0; word < count; word++)
        {
            for (ulong left = words[word]; left != 0; left &= left - 1)
                indices[listed++] = (word * NeuronSets.WordBits) + BitOperations.TrailingZeroCount(left);
        }

        return listed;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int KeepPositive(float* values, Neurons neurons, int* indices, float* kept)
    {
        int count = 0;
        for (int i = 0; i < neurons.Count; i++)
        {
            indices[count] = neurons.Indices[i];
            kept[count] = values[i];
            count += values[i] <= 0 ? 0 : 1;
        }

        return count;
    }

    private static void ThrowSets(int tokens, int width, int rows, int columns, NeuronSets sets)
        => throw new ArgumentException(
            $"[{tokens}, {width}] rows and a predictor of {rows} neurons and {columns} columns do not fit {sets.Count} sets of {sets.Neurons} neurons.");

    private readonly struct ScoreOperation(Rows scores, float threshold, NeuronSets sets) : IRowOperation
    {
        public void Run(ElementwiseKernels kernels, int row)
        {
            var words = new Span<ulong>(sets.Of(row), sets.WordsPerToken);
            words.Clear();
            float* score = scores.Row(row);
            for (int i = 0; i < sets.Neurons; i++)
                words[i / NeuronSets.WordBits] |= score[i] < threshold ? 0 : 1ul << (i % NeuronSets.WordBits);
        }
    }

    private readonly struct SilenceOperation(Rows gate, NeuronSets sets) : IRowOperation
    {
        public void Run(ElementwiseKernels kernels, int row)
        {
            float* values = gate.Row(row);
            ulong* words = sets.Of(row);
            for (int word = 0; word < sets.WordsPerToken; word++)
            {
                int first = word * NeuronSets.WordBits;
                ulong all = sets.Neurons - first < NeuronSets.WordBits ? (1ul << (sets.Neurons - first)) - 1 : ulong.MaxValue;
                for (ulong left = ~words[word] & all; left != 0; left &= left - 1)
                    values[first + BitOperations.TrailingZeroCount(left)] = 0;
            }
        }
    }
}
