namespace Millwright.Models;

/// <summary>One layer: a token mixer, a feed-forward, or both.</summary>
/// <param name="Mixer">Attention or recurrent state; null in a layer of feed-forward only.</param>
/// <param name="FeedForward">Feed-forward; null in a layer of mixer only.</param>
public sealed record ModelLayer(TokenMixer? Mixer, FeedForward? FeedForward);
