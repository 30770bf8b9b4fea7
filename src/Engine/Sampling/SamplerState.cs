namespace Hearth.Engine.Sampling;

/// <summary>
/// All that a chain remembers from one token to the next. It is a value: keep it to rewind a conversation, hand it to a fork.
/// </summary>
/// <param name="MirostatMu">Mirostat's bound on the surprise of a token, in bits; without mirostat it stays as it is.</param>
public readonly record struct SamplerState(float MirostatMu);
