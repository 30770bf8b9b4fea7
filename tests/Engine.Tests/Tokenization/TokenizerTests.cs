namespace Hearth.Engine.Tests.Tokenization;

public sealed class TokenizerTests
{
    [Theory]
    [InlineData("deepseek-coder")]
    [InlineData("gpt-2")]
    [InlineData("llama-spm")]
    public void Ids_texts_and_pieces_are_those_of_the_reference(string name)
        => Assert.Empty(TokenizerData.Cases(name).Differences(TokenizerData.Tokenizer(name)));
}
