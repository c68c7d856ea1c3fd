// Runs on the audio thread: mixes what the microphone hears down to one channel and hands it over
// in blocks of 1024 samples (21 ms at 48 kHz). Its own output stays silent.
const BLOCK = 1024;

class CaptureProcessor extends AudioWorkletProcessor {
  block = new Float32Array(BLOCK);
  filled = 0;

  process([channels]) {
    const length = channels.length && channels[0].length;
    for (let i = 0; i < length; i++) {
      let sum = 0;
      for (const channel of channels) sum += channel[i];
      this.block[this.filled++] = sum / channels.length;
      if (this.filled === BLOCK) {
        this.port.postMessage(this.block, [this.block.buffer]);
        this.block = new Float32Array(BLOCK);
        this.filled = 0;
      }
    }
    return true;
  }
}

registerProcessor("weir-capture", CaptureProcessor);
