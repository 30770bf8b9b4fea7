using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Hearth.Engine.Files;
using Hearth.Engine.Files.Gguf;
using Hearth.Kernels.Formats;

namespace Hearth.Engine.Sparsity;

/// <summary>
/// A model whose last feed-forward matrices lie input by input, as PowerInfer names and lays them: <c>ffn_down_t</c>. What is quantised after that has its
/// blocks along the outputs, so that a neuron is a row that can be read or left out.
/// </summary>
public static class TurnedModel
{
    private const string Ending = ".ffn_down.weight";
    private const string BiasEnding = ".ffn_down.bias";
    private const string TurnedEnding = ".ffn_down_t.weight";
    private const string TurnedBiasEnding = ".ffn_down_t.bias";

    // Rows that are written together, so that the original is read in more than one number at a time.
    private const int StripRows = 64;

    /// <summary>The same model with its matrices of 16 or 32 bits turned around, made when they are asked for.</summary>
    /// <param name="file">The model; the result owns it.</param>
    /// <exception cref="InvalidModelException">There is no such matrix.</exception>
    public static GgufFile Of(GgufFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        if (!file.Tensors.Any(CanTurn))
        {
            throw new InvalidModelException(
                $"{file.Name}: there is no blk.N{Ending} of 16 or 32 bits a weight that could be turned around; quantised ones would lose more than the originals.");
        }

        return new GgufFile(file.Name, file.ByteLength, [file], file.Metadata, [.. file.Tensors.Select(tensor => Of(file, tensor))])
        {
            Vocabulary = file.Vocabulary,
        };
    }

    /// <summary>Whether a tensor is a matrix that lies input by input.</summary>
    public static bool IsTurned(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return name.EndsWith(TurnedEnding, StringComparison.Ordinal);
    }

    private static bool CanTurn(GgufTensor tensor)
        => tensor.Name.EndsWith(Ending, StringComparison.Ordinal)
            && tensor.Dimensions.Length == 2
            && tensor.Type is WeightType.F32 or WeightType.F16 or WeightType.BF16;

    private static GgufTensor Of(GgufFile file, GgufTensor tensor)
    {
        if (CanTurn(tensor))
            return Turn(tensor);
        if (!tensor.Name.EndsWith(BiasEnding, StringComparison.Ordinal)
            || !file.TryGetTensor(tensor.Name[..^BiasEnding.Length] + Ending, out var weights)
            || !CanTurn(weights))
        {
            return tensor;
        }

        return new GgufTensor(
            () => MappedFile.Filled(tensor.Name, tensor.ByteLength, Math.Max(tensor.ByteLength, 1), (_, target) => tensor.Bytes.CopyTo(target)),
            tensor.Name[..^BiasEnding.Length] + TurnedBiasEnding,
            tensor.Type,
            tensor.Dimensions.ToArray(),
            tensor.ElementCount,
            tensor.ByteLength);
    }

    private static GgufTensor Turn(GgufTensor tensor)
    {
        long inputs = tensor.Dimensions[0];
        long outputs = tensor.Dimensions[1];
        int size = tensor.Type == WeightType.F32 ? sizeof(float) : sizeof(ushort);
        long step = Math.Clamp(StripRows * outputs * size, 1, int.MaxValue / size * size);
        return new GgufTensor(
            () => MappedFile.Filled(tensor.Name, tensor.ByteLength, step, (offset, target) =>
            {
                if (size == sizeof(float))
                    Turn(MemoryMarshal.Cast<byte, float>(target), offset / size, tensor, inputs, outputs);
                else
                    Turn(MemoryMarshal.Cast<byte, ushort>(target), offset / size, tensor, inputs, outputs);
            }),
            tensor.Name[..^Ending.Length] + TurnedEnding,
            tensor.Type,
            [outputs, inputs],
            tensor.ElementCount,
            tensor.ByteLength);
    }

    private static void Turn<T>(Span<T> target, long first, GgufTensor tensor, long inputs, long outputs)
        where T : unmanaged
    {
        int size = Unsafe.SizeOf<T>();
        int firstInput = (int)(first / outputs);
        int count = (int)(target.Length / outputs);
        for (int output = 0; output < outputs; output++)
        {
            var source = MemoryMarshal.Cast<byte, T>(tensor.Slice(((output * inputs) + firstInput) * size, (long)count * size));
            for (int i = 0; i < count; i++)
                target[(int)((i * outputs) + output)] = source[i];
        }
    }
}
