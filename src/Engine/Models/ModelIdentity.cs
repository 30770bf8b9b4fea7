using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Hearth.Engine.Files.Gguf;
using Hearth.Engine.Models.Adapters;

namespace Hearth.Engine.Models;

/// <summary>
/// What makes a model another one: sizes, tensors and samples of their bytes. A digest of all bytes would take longer than packing them.
/// </summary>
internal static class ModelIdentity
{
    private const int SampleBytes = 256;

    // What a folder's tensors become is made whole at the first look: large ones would take as long, and as much memory, as loading.
    private const int MostDerivedBytes = 1 << 16;

    /// <summary>The weights of a file.</summary>
    public static string OfWeights(GgufFile model)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        AppendWeights(hash, model);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>
    /// All that decides what a model computes: weights, keys of the architecture as they are overridden, adapters, which blocks are sparse, since their
    /// last matrices meet other activations, and which rotary factors the context has chosen.
    /// </summary>
    /// <param name="model">The file.</param>
    /// <param name="adapters">Its adapters.</param>
    /// <param name="sparseBlocks">The names of the sparse blocks, in order, and of what predicts for them; not the mode, which may leave the same ones.</param>
    /// <param name="hasLongFactors">Whether positions are rotated as in long contexts.</param>
    /// <exception cref="InvalidModelException">An adapter cannot be read any more.</exception>
    public static byte[] OfComputation(
        GgufFile model, IReadOnlyList<LoraFile> adapters, IEnumerable<string> sparseBlocks, bool hasLongFactors)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        AppendWeights(hash, model);
        string architecture = model.Metadata.GetString("general.architecture");
        foreach (var (key, value) in model.Metadata)
        {
            if (!key.StartsWith(architecture + ".", StringComparison.Ordinal))
                continue;
            Append(hash, key);
            Append(hash, (long)value.Type);
            Append(hash, value.IsArray ? value.Count : (long)value.Bits);
            Append(hash, value.Text ?? "");
            if (value is { IsArray: true, Strings: null })
                hash.AppendData(value.ElementBytes);
        }

        foreach (var adapter in adapters)
        {
            using var file = GgufFile.Open(adapter.Path);
            AppendWeights(hash, file);
            Append(hash, BitConverter.SingleToInt32Bits(adapter.Scale));
        }

        foreach (string block in sparseBlocks)
            Append(hash, block);
        if (hasLongFactors)
            Append(hash, "long factors");
        return hash.GetHashAndReset();
    }

    private static void AppendWeights(IncrementalHash hash, GgufFile model)
    {
        Append(hash, model.ByteLength);
        foreach (var tensor in model.Tensors)
        {
            hash.AppendData(Encoding.UTF8.GetBytes(tensor.Name));
            Append(hash, (long)tensor.Type);
            foreach (long dimension in tensor.Dimensions)
                Append(hash, dimension);
            if (tensor.IsDerived && tensor.ByteLength > MostDerivedBytes)
                continue;
            long length = Math.Min(SampleBytes, tensor.ByteLength);
            hash.AppendData(tensor.Slice(0, length));
            hash.AppendData(tensor.Slice((tensor.ByteLength - length) / 2, length));
        }
    }

    private static void Append(IncrementalHash hash, string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        Append(hash, bytes.Length);
        hash.AppendData(bytes);
    }

    private static void Append(IncrementalHash hash, long number)
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, number);
        hash.AppendData(bytes);
    }
}
