using Hearth.Engine.Files.Gguf;
using Hearth.Engine.Tokenization.Vocabularies;

namespace Hearth.Engine.Tokenization;

/// <summary>Makes tokenizers from what models bring along.</summary>
public static class TokenizerFactory
{
    /// <summary>Makes the tokenizer that a GGUF file describes in its <c>tokenizer.ggml.*</c> keys.</summary>
    /// <param name="metadata">The file's metadata; it is not needed any more afterwards.</param>
    /// <exception cref="InvalidModelException">The keys are missing, contradict each other, or name something unknown.</exception>
    public static ITokenizer FromGguf(GgufMetadata metadata)
    {
        ArgumentNullException.ThrowIfNull(metadata);
        try
        {
            return new Tokenizer(GgufVocabularyReader.Read(metadata));
        }
        catch (InvalidModelException e) when (!e.Message.StartsWith(metadata.Name, StringComparison.Ordinal))
        {
            throw new InvalidModelException($"{metadata.Name}: {e.Message}", e);
        }
    }
}
